export interface BulkRequest {
  /** Folder on this machine. */
  readonly from: string;
  /** Absolute folder on the host. */
  readonly to: string;
  /** Absolute folder on the host that has them in another form, at the same paths. */
  readonly basis: string;
  /** Files beneath both, as `./…`. */
  readonly paths: readonly string[];
}

/** Sends what differs of ordinary files; modes may be any. */
export interface Bulk {
  copy(request: BulkRequest): Promise<void>;
  /** Of this machine; `undefined` when there is none. Asked once. */
  version(): Promise<string | undefined>;
}
