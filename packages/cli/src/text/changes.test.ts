import { describe, expect, it } from "vitest";
import { changesText } from "./changes.ts";
import { createStyle } from "./style.ts";

const plain = await createStyle({ colour: false, unicode: false });
const changes = (before: string, after: string) => changesText({ file: "define/dev.json5", before, after }, plain);

describe("changesText", () => {
  it("shows the changed lines with two around them, as diff -u does", () => {
    expect(changes("1\n2\n3\n4\n5\n6\n", "1\n2\n3\nfour\n5\n6\n")).toBe(
      "--- define/dev.json5\n+++ define/dev.json5\n@@ -2,5 +2,5 @@\n 2\n 3\n-4\n+four\n 5\n 6\n",
    );
  });

  it("shows places that lie apart each for itself", () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const text = changes(lines.join("\n"), lines.with(3, "x").with(25, "y").join("\n"));
    expect(text.match(/^@@ .*$/gm)).toEqual(["@@ -2,5 +2,5 @@", "@@ -24,5 +24,5 @@"]);
  });

  it("is nothing where nothing changed", () => {
    expect(changes("a\n", "a\n")).toBe("");
  });

  it("shows what comes, what goes, and a last line that does not end", () => {
    expect(changes("", "{}\n")).toContain("@@ -0,0 +1,1 @@\n+{}\n");
    expect(changes("a\nb\n", "b\n")).toContain("\n-a\n b\n");
    expect(changes("a", "b")).toContain("-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n");
  });

  it("keeps tabs, leaves out the ends of lines, and lets no text steer a terminal", () => {
    expect(changes("\ta: 1,\r\n", "\ta: 2,\r\n")).toContain("-\ta: 1,\n+\ta: 2,\n");
    expect(changes("", "// \u001b[2J\u202e\n")).toContain("+// \\u001b[2J\\u202e\n");
  });

  it("is coloured where colours are", async () => {
    const coloured = await createStyle({ colour: true, unicode: true });
    const text = changesText({ file: "x", before: "a\n", after: "b\n" }, coloured);
    expect(text).toContain("\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m\n");
  });
});
