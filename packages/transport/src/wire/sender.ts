import type { Writable } from "node:stream";
import { encodeHead, paddingOf, type Request } from "./framing.ts";

/** Writes requests to an agent, whole and one after the other, no faster than it reads. */
export class Sender {
  readonly #to: Writable;
  readonly #onProgress: () => void;
  #last: Promise<void> = Promise.resolve();
  #streaming = 0;

  /** @param onProgress told whenever a part of a long request has left. */
  constructor(to: Writable, onProgress: () => void) {
    this.#to = to;
    this.#onProgress = onProgress;
  }

  /**
   * @returns A promise only when the request is streamed: it is rejected when its bytes could not be read. What was sent then
   * still is a whole request, so that others can follow.
   */
  send(request: Request): Promise<void> | undefined {
    const { bytes } = request;
    if (this.#streaming === 0 && (bytes === undefined || !("chunks" in bytes))) {
      this.#write(request, bytes);
      return undefined;
    }
    this.#streaming++;
    const sent = this.#last.then(() => this.#stream(request));
    this.#last = sent.catch(() => undefined).finally(() => this.#streaming--) as Promise<void>;
    return sent;
  }

  #write(request: Request, bytes: Uint8Array | undefined): void {
    this.#to.cork();
    this.#to.write(encodeHead(request));
    if (bytes !== undefined) this.#to.write(bytes);
    if (paddingOf(bytes) > 0) this.#to.write(Buffer.alloc(paddingOf(bytes)));
    // What is asked in one go leaves in one go.
    queueMicrotask(() => this.#to.uncork());
  }

  async #stream(request: Request): Promise<void> {
    const { bytes } = request;
    if (bytes === undefined || !("chunks" in bytes)) return this.#write(request, bytes);
    this.#to.write(encodeHead(request));
    let left = bytes.size;
    try {
      for await (const chunk of bytes.chunks()) {
        left -= chunk.length;
        await this.#drained(chunk);
      }
      if (left !== 0) throw new Error(`a source had ${-left} bytes more than it said`);
    } finally {
      for (let zeros = left + paddingOf(bytes); zeros > 0; zeros -= PART) await this.#drained(Buffer.alloc(Math.min(zeros, PART))); // biome-ignore format: one line
    }
  }

  async #drained(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += PART) {
      if (!this.#to.write(chunk.subarray(at, at + PART)) && this.#to.writable) await ready(this.#to);
      this.#onProgress();
    }
  }
}

const PART = 2 ** 20;

/** Until it takes more, or takes nothing ever again. */
function ready(to: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      to.off("drain", done).off("close", done);
      resolve();
    };
    to.on("drain", done).on("close", done);
  });
}
