import { expect, it } from "vitest";
import { Decoder, encodeHead, paddingOf, type Reply } from "./framing.ts";

const nonce = "0123456789abcdef";
const stream = Buffer.concat([
  Buffer.from(`Welcome!\n${nonce}\n`),
  Buffer.from(`\n${nonce} ready\nstray\n${nonce} begin\n`),
  Buffer.from([0, 10, 255]),
  Buffer.from(`\n${nonce} end 0\n\n${nonce} done\n`),
  Buffer.from(`\n${nonce} begin\npart\n${nonce} fail LOCK_HELD\na\0b\n\0\n${nonce} end 9\nmv: no\n${nonce} done\n`),
]);

it.each([1, 2, 7, 4096])("finds the answers in a noisy stream that comes in pieces of %i bytes", (size) => {
  const replies: Reply[] = [];
  let noise = "";
  const decoder = new Decoder(nonce, {
    onReady: (bytes) => (noise = bytes.toString()),
    onReply: (reply) => replies.push(reply),
  });
  for (let at = 0; at < stream.length; at += size) decoder.push(stream.subarray(at, at + size));
  expect(noise).toBe(`Welcome!\n${nonce}\n`);
  expect(replies).toEqual([
    { body: Buffer.from([0, 10, 255]), status: 0, errors: "", failure: undefined },
    { body: Buffer.from("part"), status: 9, errors: "mv: no", failure: { code: "LOCK_HELD", details: ["a", "b\n"] } },
  ]);
});

it("writes arguments as lines, and fills bytes up to whole blocks", () => {
  const request = { op: "put", args: ["a\\b\nc", ""], bytes: Buffer.from("xyz") };
  expect(encodeHead(request)).toBe("put 2 3\na\\\\b\\nc\n\n");
  expect(paddingOf(request.bytes)).toBe(4093);
  expect([0, 4096, 2 ** 20].map((length) => paddingOf(Buffer.alloc(length)))).toEqual([0, 0, 0]);
  expect(paddingOf(Buffer.alloc(2 ** 20 + 1))).toBe(65_535);
});
