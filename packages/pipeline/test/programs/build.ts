import { build } from "../../src/sources/build.ts";
import { contextAt } from "../context-at.ts";

// Builds, until somebody kills it.
const [root = "", request = "{}"] = process.argv.slice(2);
await build(JSON.parse(request), contextAt(root));
