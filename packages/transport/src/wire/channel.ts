import type { FacsimileError } from "@facsimile/core";
import type { Group } from "./child.ts";
import { Decoder, type Reply, type Request } from "./framing.ts";
import { Sender } from "./sender.ts";

export interface ChannelOptions {
  readonly nonce: string;
  /** Seconds until the agent must have answered for the first time. */
  readonly connectTimeout: number;
  /** Seconds without a byte while an answer is awaited. */
  readonly silence: number;
  readonly signal: AbortSignal | undefined;
  /** What to tell when the program at the other end is gone: from its exit code and everything it wrote to stderr. */
  readonly lost: (end: {
    readonly exitCode: number;
    readonly stderr: string;
    readonly ready: boolean;
  }) => FacsimileError;
  /** What to tell when it does not answer in time. */
  readonly silent: (seconds: number) => FacsimileError;
  /** The connection is kept for others: once ready, only the program itself is ever ended. Default `false`. */
  readonly isShared?: boolean;
}

interface Waiter {
  readonly op: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
}

/** Operations that may hash, copy, move or remove much before they say anything. */
const LONG = new Set(["list", "prove", "settle", "survey", "staged", "unpack", "fill", "link", "ready", "switch", "confirm", "remember"]); // biome-ignore format: one line

/** Enough of stderr to tell what went wrong. */
const KEPT = 16_384;

/** Requests to an agent and its answers, in order. Requests need not wait for each other. */
export class Channel {
  readonly ready: Promise<{ readonly noise: Buffer }>;
  readonly #group: Group;
  readonly #options: ChannelOptions;
  readonly #waiters: Waiter[] = [];
  readonly #sender: Sender | undefined;
  #stderr = "";
  #isReady = false;
  /** The program has ended by itself. What it left behind may carry a connection that others use. */
  #isOver = false;
  #ended: { readonly reason: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #gone: NodeJS.Timeout | undefined;
  /** Who waits is told at once; the agent lives on, so that what it began can be ended and the lock freed. */
  readonly #abort = () => {
    const reason: unknown = this.#options.signal?.reason;
    if (!this.#isReady) this.#fail(reason);
    for (const { reject } of this.#waiters) reject(reason);
  };

  constructor(group: Group, options: ChannelOptions) {
    this.#group = group;
    this.#options = options;
    let greet!: (noise: { noise: Buffer }) => void;
    this.ready = new Promise((resolve, reject) => {
      greet = resolve;
      this.#waiters.push({ op: "ready", resolve: () => undefined, reject });
    });
    this.ready.catch(() => undefined);
    const decoder = new Decoder(options.nonce, {
      onReady: (noise) => {
        this.#isReady = true;
        this.#waiters.shift();
        greet({ noise });
      },
      onReply: (reply) => this.#waiters.shift()?.resolve(reply),
    });
    const { stdin } = group.child;
    this.#sender = stdin == null ? undefined : new Sender(stdin, () => this.#isReady && this.#watch(this.#silence()));
    this.#listen(decoder);
    this.#watch(options.connectTimeout);
    group.child.stdin?.write(`${options.nonce}\n`);
  }

  ask(request: Request): Promise<Reply> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended.reason);
    const { signal } = this.#options;
    if (signal?.aborted && request.always !== true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ op: request.op, resolve, reject });
      // Who asks again is no sign of life.
      if (this.#isReady && this.#waiters.length === 1) this.#watch(this.#silence());
      this.#sender?.send(request)?.catch(reject);
    });
  }

  /** Lets the agent end by itself, for two seconds; then not. */
  async close(): Promise<void> {
    const impatient = setTimeout(() => void this.#end(), 2000);
    this.#group.child.stdin?.end();
    await this.#group.exited.catch(() => undefined);
    clearTimeout(impatient);
    this.#fail(this.#options.lost({ exitCode: 0, stderr: "the session was closed", ready: true }));
  }

  #listen(decoder: Decoder): void {
    const { child, exited } = this.#group;
    child.stdout?.on("data", (chunk: Buffer) => {
      decoder.push(chunk);
      this.#watch(this.#isReady ? this.#silence() : undefined);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    // `close` would wait for whoever else holds the pipes; `exit` may come before their last bytes.
    exited.then(
      (exitCode) => {
        this.#isOver = true;
        this.#gone = setTimeout(() => this.#lost(exitCode), 50);
        if (this.#ended !== undefined) clearTimeout(this.#gone);
      },
      (reason: unknown) => this.#fail(reason),
    );
    const { signal } = this.#options;
    if (signal?.aborted) this.#abort();
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  #lost(exitCode: number): void {
    this.#fail(this.#options.lost({ exitCode, stderr: this.#stderr, ready: this.#isReady }));
  }

  /** How long the host may say nothing. */
  #silence(): number {
    const { silence } = this.#options;
    return LONG.has(this.#waiters[0]?.op ?? "") ? silence * 6 : silence;
  }

  /** Starts the clock anew while something is awaited, else stops it; without `seconds` it runs on. */
  #watch(seconds: number | undefined): void {
    if (seconds === undefined) return;
    clearTimeout(this.#timer);
    if (this.#waiters.length === 0 || this.#ended !== undefined) return;
    this.#timer = setTimeout(() => this.#fail(this.#options.silent(seconds)), seconds * 1000);
  }

  #fail(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    clearTimeout(this.#timer);
    clearTimeout(this.#gone);
    this.#options.signal?.removeEventListener("abort", this.#abort);
    for (const { reject } of this.#waiters.splice(0)) reject(reason);
    if (!this.#isOver || !this.#isShared()) void this.#end();
  }

  /** What a shared line needs lives on with it: a way through other hosts that its master goes, and whoever rides on that. */
  #end(): Promise<void> {
    return this.#group.end({ alone: this.#isShared() });
  }

  #isShared(): boolean {
    return this.#isReady && this.#options.isShared === true;
  }
}
