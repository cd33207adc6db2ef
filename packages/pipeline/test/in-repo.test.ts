import fs from "node:fs/promises";
import path from "node:path";
import { formatProblem, isFacsimileError, problemsOf } from "@facsimile/core";
import type { TreeNode } from "@facsimile/manifest";
import { createRenderer } from "@facsimile/templates";
import { describe, expect, it } from "vitest";
import { overlays } from "../src/install/overlays.ts";
import { outline } from "../src/instance/outline-of.ts";
import { init } from "../src/people/init.ts";
import { prepare } from "../src/sources/prepare.ts";
import { definitionCommit } from "../src/state/publish.ts";
import { carriedContextOf, commit, folder, git, repository, write } from "./world.ts";

const DEFINITION = `{
  projects: { shop: { repo: "." } },
  home: "shop",
  banner: "first",
  instances: {
    beta: { versions: { shop: "1.0.0" } },
  },
}
`;

/** A source repository with its definitions in it, at version 1.0.0. */
async function world(files: Readonly<Record<string, string>> = {}, at = ".") {
  const top = await folder();
  const root = path.join(top, at);
  const single = "config/facsimile/facsimile.json5" in files ? {} : { "config/facsimile.json5": DEFINITION };
  const all = Object.entries({ ...single, "bin/run": "echo 1\n", ...files });
  await repository(top, Object.fromEntries(all.map(([name, text]) => [path.join(at, name), text])), "1.0.0");
  const context = carriedContextOf(root);
  const edit = async (file: string, from: string, to: string) => {
    const text = await fs.readFile(path.join(root, file), "utf8");
    expect(text).toContain(from);
    await fs.writeFile(path.join(root, file), text.replace(from, to));
  };
  const prepared = async (...projects: string[]) => {
    const outlined = await outline({ instance: "beta", projects }, context);
    return { outlined, projects: await prepare(outlined, context) };
  };
  /** What the project's hosts get of templates and extra files, by path. */
  const templates = async (project = "shop") => {
    const { outlined, projects } = await prepared(project);
    const [one] = projects;
    if (one === undefined) throw new Error("nothing was prepared");
    const { own, source } = one;
    const found = await overlays({ root, own, source: source.dir, instance: outlined.instance, project, groups: [] });
    const view = { context: {}, targets: [], hostContext: { host: {} } };
    const trees = [found.tmpl, found.extra].map((overlay) => createRenderer(overlay, { plain: true }).tree(view));
    const files = (await Promise.all(trees)).flatMap((tree) => [...tree]);
    return Object.fromEntries(
      await Promise.all(files.flatMap(([name, node]) => (node.type === "file" ? [textOf(name, node)] : []))),
    );
  };
  return { top, root, context, edit, prepared, templates };
}

async function textOf(name: string, { content }: TreeNode & { type: "file" }): Promise<[string, string]> {
  const bytes = "bytes" in content ? content.bytes : await fs.readFile(content.file);
  return [name, Buffer.from(bytes).toString("utf8")];
}

/** `CODE file:line:column: message` of every problem that the work ends with. */
async function problems(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isFacsimileError(error)) throw error ?? new Error("nothing went wrong");
  return problemsOf(error).map((each) => `${each.code} ${formatProblem(each)}`);
}

describe("a repository that carries its own definitions", () => {
  it("is cloned from itself into .facsimile/SRC, and its definitions are those of the checkout", async () => {
    const { root, edit, prepared } = await world();
    await edit("config/facsimile.json5", '"first"', '"second"');
    await edit("config/facsimile.json5", 'home: "shop"', 'home: "elsewhere"');
    const { outlined, projects } = await prepared();
    expect(outlined.definition.values).toMatchObject({ banner: "first", home: "shop" });
    expect(outlined.definition.files).toEqual([".facsimile/SRC/shop-1.0.0/config/facsimile.json5"]);
    expect(projects).toMatchObject([
      {
        version: "1.0.0",
        position: { file: "config/facsimile.json5", line: 6 },
        definition: { values: { banner: "first", home: "shop" } },
        source: { dir: path.join(root, ".facsimile/SRC/shop-1.0.0") },
        own: path.join(root, ".facsimile/SRC/shop-1.0.0/config/facsimile"),
        build: path.join(root, ".facsimile/SRC/shop-1.0.0"),
      },
    ]);
  });

  it("takes the hosts of the version, and the version of the working tree", async () => {
    const { root, context, edit, prepared } = await world();
    await edit("config/facsimile.json5", "beta: {", 'beta: { deploy: { nodes: { web: ["new"] } },');
    expect((await prepared()).outlined.hosts.map(({ name }) => name)).toEqual(["local"]);
    commit(root, "1.1.0");
    await edit("config/facsimile.json5", '"1.0.0"', '"1.1.0"');
    const outlined = await outline({ instance: "beta" }, context);
    expect(outlined.hosts.map(({ name }) => name)).toEqual(["new"]);
    expect(outlined.definition.values.versions).toEqual({ shop: "1.1.0" }); // The tag itself says 1.0.0.
    const named = await outline({ instance: "beta", projects: ["shop@1.0.0"] }, context);
    expect(named.hosts.map(({ name }) => name)).toEqual(["local"]);
  });

  it("obeys --set over what the version says", async () => {
    const { context } = await world();
    const { definition } = await outline({ instance: "beta", set: ["banner=mine"] }, context);
    expect(definition.values["banner"]).toBe("mine");
  });

  it("is protected when either the version or the working tree says so", async () => {
    const { root, context, edit } = await world();
    expect((await outline({ instance: "beta" }, context)).isProtected).toBe(false);
    await edit("config/facsimile.json5", "beta: {", "beta: { protected: true,");
    expect((await outline({ instance: "beta" }, context)).isProtected).toBe(true);
    commit(root, "1.1.0");
    await edit("config/facsimile.json5", "protected: true", "protected: false");
    expect((await outline({ instance: "beta", projects: ["shop@1.1.0"] }, context)).isProtected).toBe(true);
  });

  it("renders the templates of the version alone, also where the definitions are a single file", async () => {
    const { root, edit, templates } = await world({
      "config/facsimile/tmpl/_ALL_/_DEPLOY_/a": "committed",
      "config/facsimile/extra/beta/_DEPLOY_/b": "committed",
    });
    await edit("config/facsimile/tmpl/_ALL_/_DEPLOY_/a", "committed", "not yet");
    await write(root, { "config/facsimile/tmpl/beta/_DEPLOY_/new": "", "tmpl/_ALL_/_DEPLOY_/stray": "" });
    expect(await templates()).toEqual({ a: "committed", b: "committed" });
  });

  it("has them beside the files of a folder; tmpl/<project>/ stands in for tmpl/", async () => {
    const { templates } = await world({
      "config/facsimile/facsimile.json5": "{ projects: { shop: { repo: '.' }, ledger: { repo: '.' } }, home: 'h' }",
      "config/facsimile/beta.yaml": "versions: { shop: 1.0.0, ledger: 1.0.0 }\n",
      "config/facsimile/tmpl/_ALL_/_DEPLOY_/all": "",
      "config/facsimile/tmpl/ledger/_ALL_/_DEPLOY_/mine": "",
    });
    expect(Object.keys(await templates("shop"))).toEqual(["all"]);
    expect(Object.keys(await templates("ledger"))).toEqual(["mine"]);
  });

  it("may hold the project in a folder, beside which lie weaker templates", async () => {
    const { root, prepared, templates } = await world({
      "config/facsimile.json5": DEFINITION.replace('repo: "."', 'repo: ".", path: "services/shop"'),
      "config/facsimile/tmpl/_ALL_/_DEPLOY_/a": "strong",
      "services/shop/config/facsimile/tmpl/_ALL_/_DEPLOY_/a": "weak",
      "services/shop/config/facsimile/tmpl/_ALL_/_DEPLOY_/b": "weak",
    });
    const { projects } = await prepared();
    expect(projects[0]?.source.dir).toBe(path.join(root, ".facsimile/SRC/shop-1.0.0/services/shop"));
    expect(projects[0]?.definition.values["banner"]).toBe("first");
    expect(await templates()).toEqual({ a: "strong", b: "weak" });
  });

  it("may be a folder of a larger repository, whose tags count", async () => {
    const { root, edit, prepared, templates } = await world(
      { "config/facsimile/tmpl/_ALL_/_DEPLOY_/a": "committed" },
      "services/shop",
    );
    await edit("config/facsimile.json5", '"first"', '"second"');
    const { projects } = await prepared();
    expect(projects[0]?.source.dir).toBe(path.join(root, ".facsimile/SRC/shop-1.0.0/services/shop"));
    expect(projects[0]?.definition.values["banner"]).toBe("first");
    expect(await templates()).toEqual({ a: "committed" });
  });

  it("may be a linked working tree of another clone", async () => {
    const { root, prepared } = await world();
    const linked = path.join(await folder(), "linked");
    git(root, "worktree", "add", "--quiet", linked);
    const outlined = await outline({ instance: "beta" }, carriedContextOf(linked));
    expect(outlined.projects[0]?.carried?.source.top).toBe(path.join(linked, ".facsimile/SRC/shop-1.0.0"));
    expect(outlined.definition.values).toEqual((await prepared()).outlined.definition.values);
  });

  it("may be named by where else it is cloned from", async () => {
    const { top, root, context, edit } = await world();
    const bare = path.join(await folder(), "shop.git");
    git(top, "clone", "--quiet", "--bare", top, bare);
    git(root, "tag", "--delete", "1.0.0");
    await edit("config/facsimile.json5", 'repo: "."', `repo: "file://${bare}"`);
    const { definition } = await outline({ instance: "beta" }, context);
    expect(definition.files).toEqual([".facsimile/SRC/shop-1.0.0/config/facsimile.json5"]);
  });
});

describe("what cannot be deployed from its own repository is said", () => {
  it("a version without definitions", async () => {
    const { root, context } = await world();
    git(root, "rm", "--quiet", "config/facsimile.json5");
    commit(root, "0.9.0");
    await write(root, { "config/facsimile.json5": DEFINITION });
    expect(await problems(outline({ instance: "beta", projects: ["shop@0.9.0"] }, context))).toEqual([
      "NO_DEFINITIONS shop 0.9.0 carries no definitions: no config/facsimile* in it names projects.shop",
    ]);
    await write(root, { "config/facsimile.json5": DEFINITION.replace("1.0.0", "0.9.0") });
    expect((await problems(outline({ instance: "beta" }, context)))[0]).toMatch(
      /^NO_DEFINITIONS config\/facsimile\.json5:6:\d+: shop 0\.9\.0 carries/,
    );
  });

  it("a version whose definitions are of another project, or of nobody", async () => {
    const { root, context } = await world();
    for (const [tag, text] of [
      ["0.8.0", DEFINITION.replace("shop: {", "store: {")],
      ["0.7.0", DEFINITION.replace(/projects: .*/, "")],
    ] as const) {
      await write(root, { "config/facsimile.json5": text });
      commit(root, tag);
      await write(root, { "config/facsimile.json5": DEFINITION });
      const found = await problems(outline({ instance: "beta", projects: [`shop@${tag}`] }, context));
      expect(found[0], tag).toMatch(/^NO_DEFINITIONS shop/);
    }
  });

  it("an instance that the version does not have", async () => {
    const { context, edit } = await world();
    await edit("config/facsimile.json5", "beta: {", 'gamma: { versions: { shop: "1.0.0" } }, beta: {');
    expect(await problems(outline({ instance: "gamma" }, context))).toEqual([
      "UNKNOWN_INSTANCE in shop 1.0.0, there is no instance gamma: no file defines it",
    ]);
  });

  it("what is wrong in the version, by its place in the checkout", async () => {
    const { root, context, edit } = await world();
    await edit("config/facsimile.json5", 'home: "shop"', "home: 5");
    commit(root, "1.1.0");
    await edit("config/facsimile.json5", "home: 5", 'home: "shop"');
    const [first] = await problems(outline({ instance: "beta", projects: ["shop@1.1.0"] }, context));
    expect(first).toMatch(/^INVALID_VALUE \.facsimile\/SRC\/shop-1\.1\.0\/config\/facsimile\.json5:3:9: /);
  });

  it("definitions that cannot be read, by their place in the checkout", async () => {
    const { root, context } = await world();
    await write(root, { "config/facsimile.json5": "{" });
    commit(root, "1.1.0");
    await write(root, { "config/facsimile.json5": DEFINITION });
    const request = { instance: "beta", projects: ["shop@1.1.0"] };
    expect((await problems(outline(request, context)))[0]).toMatch(
      /^FILE_SYNTAX \.facsimile\/SRC\/shop-1\.1\.0\/config\//,
    );
    await write(root, { "config/facsimile/facsimile.json": "{}" });
    commit(root, "1.2.0");
    await fs.rm(path.join(root, "config/facsimile/facsimile.json"));
    expect((await problems(outline({ ...request, projects: ["shop@1.2.0"] }, context)))[0]).toMatch(
      /^LAYER_TWICE in shop 1\.2\.0, the source's definitions are in two places: \.facsimile/,
    );
  });

  it("projects at different commits", async () => {
    const two = DEFINITION.replace("shop: {", "ledger: { repo: '.' }, shop: {");
    const { root, context } = await world({ "config/facsimile.json5": two });
    git(root, "commit", "--quiet", "--allow-empty", "-m", "more");
    git(root, "tag", "1.1.0");
    const request = { instance: "beta", projects: ["shop@1.0.0", "ledger@1.1.0"] };
    expect(await problems(outline(request, context))).toEqual([
      "VERSIONS_APART shop 1.0.0, ledger 1.1.0 are different commits, and each has its own beta",
    ]);
    expect(
      (await outline({ instance: "beta", projects: ["shop@1.0.0", "ledger@1.0.0"] }, context)).projects,
    ).toHaveLength(2);
    expect(await problems(outline({ instance: "beta", projects: ["shop@8", "ledger@9"] }, context))).toEqual([
      expect.stringMatching(/^NO_SOURCE .*: shop has no version 8 in /),
      expect.stringMatching(/^NO_SOURCE .*: ledger has no version 9 in /),
    ]);
  });

  it("no version, a version that is no tag, and a folder without git", async () => {
    const { root, context, edit } = await world();
    expect(await problems(outline({ instance: "beta", projects: ["shop@9"] }, context))).toEqual([
      expect.stringMatching(/^NO_SOURCE config\/facsimile\.json5:2:\d+: shop has no version 9 in /),
    ]);
    await edit("config/facsimile.json5", 'shop: "1.0.0"', "");
    await expect(outline({ instance: "beta" }, context)).rejects.toMatchObject({
      code: "VERSION_MISSING",
      hint: expect.stringContaining("Set versions.shop of beta in config/facsimile*"),
    });
    await fs.rm(path.join(root, ".git"), { recursive: true });
    expect(await problems(outline({ instance: "beta", projects: ["shop@1.0.0"] }, context))).toEqual([
      `GIT_NEEDED ${root} is in no git repository, and a version is a tag of it`,
    ]);
  });
});

describe("a working tree beside them", () => {
  it("is dirty by its definitions and keys, and not by its templates, its state or its code", async () => {
    const { root, context } = await world({ "config/facsimile/tmpl/_ALL_/a": "", "config/facsimile/keys/k.asc": "" });
    await write(root, {
      "config/facsimile/tmpl/_ALL_/a": "changed",
      "config/facsimile/extra/_ALL_/b": "",
      "config/facsimile/state/beta.json": "{}",
      "config/other.json": "{}",
      ".facsimile/SRC/x": "",
    });
    expect(await definitionCommit(context)).toEqual({ commit: git(root, "rev-parse", "HEAD"), dirty: false });
    for (const file of [
      "config/facsimile/keys/new.asc",
      "config/facsimile/hosts/known_hosts",
      "config/facsimile/b/c.json5",
    ]) {
      await write(root, { [file]: "" });
      expect(await definitionCommit(context), file).toMatchObject({ dirty: true });
      await fs.rm(path.join(root, file));
    }
    await write(root, { "config/facsimile.json5": "{}" });
    expect(await definitionCommit(context)).toMatchObject({ dirty: true });
  });

  it("is prepared with a key, what git must know of states, and one line for it to ignore, once", async () => {
    const { root, context } = await world({ ".gitignore": "dist/" });
    const { fingerprint, written } = await init(context);
    expect(written).toEqual([
      `config/facsimile/keys/${fingerprint}.asc`,
      "config/facsimile/.gitattributes",
      ".gitignore",
    ]);
    expect(await fs.readFile(path.join(root, ".gitignore"), "utf8")).toBe("dist/\n/.facsimile/\n");
    expect(git(root, "status", "--porcelain", "--untracked-files=all", "--", ":!.config").split("\n")).toEqual([
      "M .gitignore",
      "?? config/facsimile/.gitattributes",
      `?? config/facsimile/keys/${fingerprint}.asc`,
    ]);
    expect((await init(context)).written).toEqual([]);
  });
});
