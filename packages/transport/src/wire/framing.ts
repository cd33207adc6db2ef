/** What the agent answered to one request. */
export interface Reply {
  readonly body: Buffer;
  /** Of the operation; 0 is success. */
  readonly status: number;
  /** What the tools of the host complained about. */
  readonly errors: string;
  /** The agent refused. */
  readonly failure: { readonly code: string; readonly details: readonly string[] } | undefined;
}

/** Bytes whose number is known before they are read; they can be read again and again. */
export interface Source {
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface Request {
  readonly op: string;
  readonly args: readonly string[];
  readonly bytes?: Uint8Array | Source | undefined;
  /** Asked even after an abort: it cleans up. */
  readonly always?: boolean;
}

/** A request's head as the agent reads it. */
export function encodeHead({ op, args, bytes }: Request): string {
  const lines = args.map((arg) => `${arg.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`);
  return `${op} ${args.length} ${sizeOf(bytes)}\n${lines.join("")}`;
}

/** How many zeros follow the bytes: the agent reads blocks; see agent/loop.ts. */
export function paddingOf(bytes: Request["bytes"]): number {
  const size = sizeOf(bytes);
  const block = size < 2 ** 20 ? 4096 : 65_536;
  return (block - (size % block)) % block;
}

function sizeOf(bytes: Request["bytes"]): number {
  if (bytes === undefined) return 0;
  return "chunks" in bytes ? bytes.size : bytes.length;
}

export interface DecoderEvents {
  /** The agent runs; `noise` is whatever came before it. */
  readonly onReady: (noise: Buffer) => void;
  readonly onReply: (reply: Reply) => void;
}

/**
 * Finds the agent's answers in whatever else arrives. Only lines with the nonce count; nobody knew it before, so that banners,
 * start-up files and file contents can hold anything.
 */
export class Decoder {
  readonly #marker: Buffer;
  readonly #events: DecoderEvents;
  #tail: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #body: Buffer = Buffer.alloc(0);
  #status = 0;
  #failure: Reply["failure"];
  #failing: string | undefined;

  constructor(nonce: string, events: DecoderEvents) {
    this.#marker = Buffer.from(`\n${nonce} `);
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let rest: Buffer = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    for (;;) {
      const at = rest.indexOf(this.#marker);
      const end = at < 0 ? -1 : rest.indexOf(0x0a, at + this.#marker.length);
      if (end < 0) {
        // Hold back what may be the beginning of a marker.
        const keep = at >= 0 ? at : Math.max(0, rest.length - this.#marker.length);
        this.#parts.push(rest.subarray(0, keep));
        this.#tail = rest.subarray(keep);
        return;
      }
      this.#parts.push(rest.subarray(0, at));
      this.#mark(rest.subarray(at + this.#marker.length, end).toString());
      rest = rest.subarray(end + 1);
    }
  }

  #mark(words: string): void {
    const segment = Buffer.concat(this.#parts);
    this.#parts = [];
    const [word, value = ""] = words.split(" ");
    if (word === "ready") this.#events.onReady(segment);
    else if (word === "begin") this.#begin();
    else if (word === "fail") this.#fail(segment, value);
    else if (word === "end") this.#end(segment, Number(value));
    else if (word === "done") this.#done(segment);
  }

  #begin(): void {
    this.#failing = undefined;
    this.#failure = undefined;
  }

  #fail(body: Buffer, code: string): void {
    this.#body = body;
    this.#failing = code;
  }

  #end(segment: Buffer, status: number): void {
    this.#status = status;
    if (this.#failing === undefined) this.#body = segment;
    else this.#failure = { code: this.#failing, details: segment.toString().split("\0").slice(0, -1) };
  }

  #done(errors: Buffer): void {
    const text = errors.toString();
    this.#events.onReply({ body: this.#body, status: this.#status, errors: text, failure: this.#failure });
  }
}
