/** The life of a connection over TCP: how long a message on it may take, how long it may be idle, and which status ended it. */
import type { Clock } from "../hal.ts";
import { or } from "../or.ts";
import { MORE, OK, type Status } from "../status.ts";
import type { ConnectionOptions } from "./connection.ts";

/** A profile's part in the life of its connection. */
export interface LifetimeProfile {
  /** The status of a connection that ended between messages, such as HTTP_END. */
  endStatus: Status;
  /** The status of a message that the end of the connection cut off, such as HTTP_CUT. */
  cutStatus: Status;
  /** How many bytes of a message have come; -1 between messages. */
  progress: () => number;
  /** Ends the connection because its message took longer than `secondsMax`; `at` is the bytes of it that have come. */
  expire: (at: number) => void;
}

export interface Lifetime {
  /** OK while the connection lives; the profile sets the status that ends it. */
  over: Status;
  /** A message begins now, or the silence after one. */
  begin(): void;
  /** The return value of `receive`: `over` when the connection has ended, else MORE within a message and OK between two. */
  status(): Status;
  /** The `tick` and `close` of PushConnection. */
  tick(): Status;
  close(): void;
}

/** Allocates this object once. The connection is idle from now on. */
export function createLifetime(
  clock: Pick<Clock, "monotonicSeconds">,
  options: ConnectionOptions,
  profile: LifetimeProfile,
): Lifetime {
  const secondsMax = or(options.secondsMax, 30);
  const idleSecondsMax = or(options.idleSecondsMax, 60);
  let since = clock.monotonicSeconds();

  function status(): Status {
    if (life.over !== OK) return life.over;
    return profile.progress() < 0 ? OK : MORE;
  }

  const life: Lifetime = {
    over: OK,
    begin(): void {
      since = clock.monotonicSeconds();
    },
    status,
    tick(): Status {
      const seconds = clock.monotonicSeconds() - since;
      const at = profile.progress();
      if (life.over !== OK) return life.over;
      if (at >= 0 && seconds > secondsMax) profile.expire(at);
      else if (at < 0 && seconds > idleSecondsMax) life.over = profile.endStatus;
      return status();
    },
    close(): void {
      const at = profile.progress();
      if (life.over !== OK) return;
      life.over = profile.endStatus;
      if (at >= 0 && options.onRefused) options.onRefused(profile.cutStatus, at);
    },
  };
  return life;
}
