// Resolves every instance of a repository and prints the milliseconds, from the first look at it to the last value.
import { parseInstance, parseProject } from "../../packages/core/dist/index.js";
import { findConglomerate, listInstances, listProjects, resolve } from "../../packages/definitions/dist/index.js";

const [, , root, which] = process.argv;
// What is imported on demand is imported by a first resolution of something else.
await warm();
const start = performance.now();
const conglomerate = await findConglomerate(root);
const instances = await listInstances(conglomerate);
const projects = which === "matrix" ? await listProjects(conglomerate) : [undefined];
let hosts = 0;
for (const project of projects) {
  for (const { full } of instances.filter(({ parts }) => parts.length === 2)) {
    const wanted = { instance: parseInstance(full), project: project && parseProject(project) };
    hosts += (await resolve(conglomerate, wanted)).hosts.length;
  }
}
const ms = performance.now() - start;
if (hosts === 0) throw new Error("nothing was resolved");
console.log(ms);

async function warm() {
  const { conglomerateOf } = await import("../../packages/definitions/dist/index.js");
  const texts = new Map([
    ["define/facsimile.json5", "{ projects: { p: { repo: 'x' } } }"],
    ["define/dev.json", "{}"],
  ]);
  await resolve(conglomerateOf(texts, { root: "/bench" }), { instance: parseInstance("dev") });
}
