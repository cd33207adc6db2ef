/** What was typed, and is needed to go on or back. */
export interface Typed {
  /** All of it but `--yes`. Default: no more than the instance. */
  readonly command?: string;
  /** The choice of hosts, with a blank before it. Default: all hosts. */
  readonly chosen?: string;
  /** Options that let a deploy do more than it else would, as `--adopt`. Default: none was given. */
  readonly allowed?: Readonly<Record<string, true | undefined>>;
  /** What every `--set` said. Default: none was given. */
  readonly set?: readonly string[] | undefined;
  /** Default: none was given. */
  readonly srcDir?: string | undefined;
  /** Default: none was given. */
  readonly root?: string | undefined;
}
