import { StringDecoder } from "node:string_decoder";

/** Bytes; what is longer is told in pieces. */
const MAX_LINE = 65_536;

/** Makes lines of UTF-8 bytes that come in pieces. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** The lines that are complete now, without their ends. */
  push(bytes: Buffer): string[] {
    const [...lines] = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE) lines.push(...this.#take());
    return lines.map((line) => line.replace(/\r$/, ""));
  }

  /** What came without an end. */
  end(): string[] {
    this.#rest += this.#decoder.end();
    return this.#take();
  }

  #take(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }
}
