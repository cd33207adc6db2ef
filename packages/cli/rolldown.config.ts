import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";
import { licencesOf } from "../../tsup.preset.ts";
import pack from "./package.json" with { type: "json" };

// Why there is such a file, and what is not bundled: docs/decisions/0013.
const BUNDLED = /^(@facsimile\/|(commander|diff|picocolors)$)/;

/** What is loaded together lies in one file: a module goes with the first of these that cannot do without it. */
const FILES: readonly (readonly [name: string, from: RegExp])[] = [
  ["start", /cli\/src\/(index|commands\/explain)\.ts$/],
  ["checks", /definitions\/src\/definition\.ts$/],
  ["work", /pipeline\/src\/(index|deploy\/deploy)\.ts$|cli\/src\/commands\/deploy\.ts$/],
  ["words", /cli\/src\/commands\/(diff|get|lint|schema|set)\.ts$/],
  ["liquid", /templates\/src\/liquid\/engine\.ts$/],
  ["schema", /definitions\/src\/json-schema\/document\.ts$/],
  ["execa", /node_modules\/execa\/index\.js$/],
  ["lock", /node_modules\/(proper-lockfile|write-file-atomic)\//],
  ["more", /(cli|core|pipeline)\/src\//],
];

type Groups = Exclude<
  NonNullable<Exclude<RolldownOptions["output"], readonly unknown[] | undefined>["codeSplitting"]>,
  boolean
>["groups"];

const groups: Groups = FILES.map(([name, from], place) => ({
  priority: FILES.length - place,
  debugName: name,
  name: (id, graph) => (neededBy(id, graph).some((each) => from.test(each)) ? name : null),
}));

export default defineConfig({
  input: "src/index.ts",
  platform: "node",
  preserveEntrySignatures: "allow-extension",
  tsconfig: false,
  external: Object.keys(pack.dependencies).filter((name) => !BUNDLED.test(name)),
  resolve: { conditionNames: ["@facsimile/source", "node", "import"] },
  // Some libraries are CommonJS.
  transform: { target: "node20.19", define: { __filename: "import.meta.filename", __dirname: "import.meta.dirname" } },
  checks: { ineffectiveDynamicImport: false },
  plugins: [licences()],
  output: {
    dir: "dist",
    format: "esm",
    chunkFileNames: "[name].js",
    sourcemap: true,
    minify: { codegen: true, compress: false, mangle: false },
    codeSplitting: { groups, includeDependenciesRecursively: false },
  },
});

interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

const needed = new Map<string, readonly string[]>();

/** The module and all that import it at once, directly or not. */
function neededBy(id: string, graph: Graph): readonly string[] {
  const known = needed.get(id);
  if (known !== undefined) return known;
  const found = new Set([id]);
  for (const each of found) for (const importer of graph.getModuleInfo(each)?.importers ?? []) found.add(importer);
  needed.set(id, [...found]);
  return [...found];
}

function licences(): Plugin {
  return {
    name: "licences",
    async generateBundle(_options, bundle) {
      const files = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: await licencesOf(files) });
    },
  };
}
