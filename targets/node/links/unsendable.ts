/** A submission that its link can never send. It is found before anything goes out, and before a session id is given out. */
export class Unsendable extends RangeError {
  /** ADDRESS_UNFIT, MESSAGE_LONG, or the name of a writer's status. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "Unsendable";
    this.code = code;
  }
}
