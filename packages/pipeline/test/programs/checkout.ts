import { createExec } from "@facsimile/core";
import { checkout } from "../../src/sources/checkout.ts";
import { contextAt } from "../context-at.ts";

// Checks a version out, and kills itself while the n-th program that it starts is at work.
const [root = "", version = "", fatal = "0"] = process.argv.slice(2);
const context = contextAt(root);
const exec = createExec(context.env);
let calls = 0;
await checkout(
  { project: "shop", repo: "sources/shop", version },
  {
    ...context,
    exec: async (file, args, options) => {
      const running = exec(file, args, options);
      if (++calls === Number(fatal)) setTimeout(() => process.kill(process.pid, "SIGKILL"), 3);
      return running;
    },
  },
);
