/** The open connections of a listener, and the choice of the one that is closed when there are too many. */

/** An open connection: it takes one of the places. */
export interface Place {
  /** The address of the peer, as Node gives it. */
  address: string;
  /** The exchange is over; the connection stays open only for the peer to read its answer. */
  isLingering: boolean;
  /** A message is arriving on it. */
  isBusy: boolean;
  /** When its last bytes came, in milliseconds. */
  since: number;
  close: () => void;
}

export interface Places {
  /** Adds `place`; closes another when there is no room. */
  take(place: Place): void;
  leave(place: Place): void;
  all(): Place[];
}

/**
 * Holds at most `placesMax` connections, and `perAddressMax` from one address, including those that linger. Above
 * `perAddressMax`, a connection of the same address is closed. Above `placesMax`, a connection of the address with most is
 * closed, so a peer with few connections is served whatever others do. The connection that lingers longest is closed; if none
 * lingers, the one that is idle longest; else the one that is busy longest.
 */
export function createPlaces(placesMax: number, perAddressMax: number): Places {
  const groups = new Map<string, Set<Place>>();
  let count = 0;

  function take(place: Place): void {
    const key = addressGroup(place.address);
    const own = groups.get(key) ?? new Set();
    groups.set(key, own);
    if (own.size >= perAddressMax) evict([own]);
    else if (count >= placesMax) {
      const most = Math.max(...[...groups.values()].map(({ size }) => size));
      evict(own.size + 1 > most ? [own] : [...groups.values()].filter(({ size }) => size === most));
    }
    own.add(place);
    count++;
  }

  function evict(from: Set<Place>[]): void {
    const places = from.flatMap(group => [...group]);
    const [first] = places.sort((a, b) => rankOf(a) - rankOf(b) || a.since - b.since);
    if (first === undefined) return;
    leave(first);
    first.close();
  }

  function leave(place: Place): void {
    const key = addressGroup(place.address);
    const group = groups.get(key);
    if (group?.delete(place)) count--;
    if (group?.size === 0) groups.delete(key);
  }

  return { take, leave, all: () => [...groups.values()].flatMap(group => [...group]) };
}

function rankOf(place: Place): number {
  if (place.isLingering) return 0;
  return place.isBusy ? 2 : 1;
}

/** The key that counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, which one customer has. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").toLowerCase().split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const words = [...front, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...back];
  return `${words
    .slice(0, 4)
    .map(word => word.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
