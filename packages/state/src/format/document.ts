/** A setting's value; settings are no secret. */
export type Scalar = string | number | boolean;

/** Encrypted leaves by name. */
export interface Section {
  readonly passwd: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
}

/** The content of a file `state/1`, leaves still encrypted. */
export interface StateDocument {
  /** 128 bits in hex, made once; every leaf is bound to it. */
  readonly id: string;
  readonly scope: string;
  readonly values: Section & { readonly overlay: ReadonlyMap<string, Section> };
  readonly settings: ReadonlyMap<string, Scalar>;
  readonly instances: ReadonlyMap<string, { readonly uiid: number }>;
  readonly keys: { readonly recipients: readonly string[]; readonly message: readonly string[] };
  readonly seal: {
    readonly serial: number;
    /** Digests of the files that this one follows: none for the first, two after a merge. */
    readonly parents: readonly string[];
    readonly signer: string;
    readonly signature: readonly string[];
  };
}

export const FORMAT = "state/1";
export const MAX_UIID = 255;
