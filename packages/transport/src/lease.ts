/** Whether a host's work on so many files may outlast half a lease: it then keeps it up itself, which costs it a little. */
export function isLong(files: number, bytes: number): "long" | "" {
  return files > 20_000 || bytes > 2 ** 28 ? "long" : "";
}
