/** Makes it when it is first asked for, and then hands out the same; `made` once it has been. */
export function once<T>(make: () => Promise<T>): (() => Promise<T>) & { readonly made: boolean } {
  let made: Promise<T> | undefined;
  return Object.defineProperty(() => (made ??= make()), "made", { get: () => made !== undefined }) as never;
}
