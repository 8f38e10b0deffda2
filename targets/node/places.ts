/** The connections that a listener has room for, and which of them makes room for another. */

export interface Place {
  /** The address of the peer, as Node gives it. */
  address: string;
  /** It is over, and stays open only for the peer to read its answer. */
  isLingering: boolean;
  /** A message has begun on it. */
  isBusy: boolean;
  /** When it was last heard of, in milliseconds. */
  since: number;
  close: () => void;
}

export interface Places {
  /** Adds `place`; where there is no room for it, another one is closed. */
  take(place: Place): void;
  leave(place: Place): void;
  all(): Place[];
}

/**
 * At most `placesMax`, and `perAddressMax` of one address, those that linger among them. Above the second, one of the same
 * address is closed; above the first, one of the address that has most, so that whoever has few is served whatever others
 * do. Of these the one that lingers longest; or is idle longest; or is busy longest.
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

/** The unit that counts as one address: an IPv4 address, or the 64 bits of an IPv6 address that a network gives to one customer. */
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
