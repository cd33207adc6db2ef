/** The user's own key: signs, and opens what was encrypted to it. */
export interface Keyring {
  /** 40 upper-case hex digits, of the primary key. */
  readonly fingerprint: string;
  /** Armored. */
  readonly publicKey: string;
  /** `Robin <robin@example.org>`. */
  readonly userId: string;
  /**
   * An armored detached signature over the bytes, as `gpg --verify` reads it. `date`: default, the clock's; GnuPG always
   * takes its own clock's.
   *
   * @throws `KEY_UNUSABLE`; of GnuPG also `KEY_LOCKED`, `GPG_FAILED`.
   */
  sign(bytes: Uint8Array, options?: { readonly date?: Date }): Promise<string>;
  /**
   * @throws `NOT_A_RECIPIENT` when the message was not encrypted to this key, or is damaged; of GnuPG also `KEY_LOCKED`,
   *   `GPG_FAILED`.
   */
  decrypt(armored: string): Promise<Uint8Array>;
}
