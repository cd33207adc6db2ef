import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

// A parser costs 3 (json5) to 40 ms (yaml) to load: each waits for the first file that needs it.
export const loadJson5 = (): typeof import("json5") => require("json5") as typeof import("json5");
export const loadYaml = (): typeof import("yaml") => require("yaml") as typeof import("yaml");
