/** A request of the command or the console that can't be answered; the message is one line for its user. */
export class HistoryRequestError extends Error {
  override readonly name = "HistoryRequestError";
  /** The HTTP status that says whose fault it is. */
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}
