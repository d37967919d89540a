/* A Ringside without anybody: what a new operator begins with. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(address && typeof address === "object" ? address.port : 0));
    });
  });
}

/** Serves an empty database; gives the link that the server prints. */
export async function serveNothing(folder: string): Promise<{ child: ChildProcess; url: string; link: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(process.env.RINGSIDE_PAGES_PROGRAM ?? "", ["serve"], {
    cwd: folder,
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RINGSIDE_"))),
      RINGSIDE_LISTEN: url.replace("http://", ""),
      RINGSIDE_BASE_URL: url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const link = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`no link:\n${text}`)), 60_000);
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.match(/https?:\/\/\S+\/first-start\?key=\S+/);
      if (line && text.includes("Ringside serves")) {
        clearTimeout(timer);
        found(line[0]);
      }
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
  });
  return { child, url, link };
}
