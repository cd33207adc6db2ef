import net from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { proxyTo } from "../src/index.ts";

it("hands on so many bytes and not one more, then breaks the connection, and counts", async () => {
  const got: Buffer[] = [];
  const echo = net.createServer((socket) => socket.on("data", (chunk) => got.push(chunk) && socket.write("answer")).on("error", () => undefined)); // biome-ignore format: one line
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void echo.close());
  const { port } = echo.address() as net.AddressInfo;
  const proxy = await proxyTo({ address: "127.0.0.1", port, onFinished: onTestFinished });
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      let heard = "";
      const socket = net.connect(proxy.port, "127.0.0.1", () => void socket.write(text));
      socket.on("data", (chunk) => (heard += chunk) === "answer" && socket.destroy());
      socket.on("error", () => undefined).on("close", () => resolve(heard));
    });
  expect(await say("hello")).toBe("answer");
  expect(proxy.passed).toEqual({ up: 5, down: 6 });
  proxy.cutAfter({ down: 4 });
  expect(await say("hello")).toBe("answ");
  proxy.cutAfter({ up: 2 });
  got.length = 0;
  expect(await say("hello")).not.toBe("answer");
  expect(Buffer.concat(got).toString().slice(2)).toBe("");
  expect(proxy.passed.up).toBe(2);
});
