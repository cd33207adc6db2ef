/** Where a path of an overlay lands, told by its first folder. */
export type Landing =
  /** `_DEPLOY_/`: on every host. */
  | { readonly on: "deploy"; readonly path: string }
  /** `_TARGET_/<name>/`: on the hosts of that target. */
  | { readonly on: "target"; readonly name: string; readonly path: string }
  /** `_HOST_/`: on every host, rendered for each. */
  | { readonly on: "host"; readonly path: string }
  /** `_LIB_/`: nowhere; other templates include it. */
  | { readonly on: "library"; readonly path: string }
  /** Anything else: nowhere; rendered when asked for. */
  | { readonly on: "demand"; readonly path: string };

/** `path` in the result is relative to the place, `""` for the place itself. */
export function landing(path: string): Landing {
  const [first = "", ...rest] = path.split("/");
  const on = PLACES[first];
  if (on === undefined) return { on: "demand", path };
  if (on !== "target") return { on, path: rest.join("/") };
  const [name = "", ...inside] = rest;
  return { on, name, path: inside.join("/") };
}

const PLACES: Readonly<Record<string, "deploy" | "target" | "host" | "library" | undefined>> = Object.assign(
  Object.create(null),
  { _DEPLOY_: "deploy", _TARGET_: "target", _HOST_: "host", _LIB_: "library" },
);
