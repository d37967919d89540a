/* Every format of recordings that is accepted sounds in the browser: uploaded as a program does, played as a page does. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { alive, expect, test } from "./test";

test.use({ role: null });

const SAMPLES = resolve(dirname(fileURLToPath(import.meta.url)), "../crates/audio/tests/data");

/** What is sent, the milliseconds that it lasts, and whether a browser cannot tell these from the file. */
const FILES: [file: string, media: string, duration: number, isUntold?: boolean][] = [
  ["speech.wav", "audio/wav", 500],
  ["alaw.wav", "audio/wav", 500],
  ["mulaw.wav", "audio/wav", 500],
  ["pcm24.wav", "audio/wav", 500],
  ["float.wav", "audio/wav", 500],
  ["rf64.wav", "audio/wav", 500],
  ["gsm.wav", "audio/wav", 520],
  ["ima.wav", "audio/wav", 510],
  ["ms.wav", "audio/wav", 509],
  ["speech.gsm", "audio/gsm", 500],
  ["speech.g722", "audio/g722", 500],
  ["speech.alaw", "audio/pcma", 500],
  ["speech.ulaw", "audio/pcmu", 500],
  ["speech.sln", "audio/x-sln", 500],
  ["opus.ogg", "audio/ogg", 500],
  ["opus.webm", "audio/webm", 513, true],
  ["vorbis.ogg", "audio/ogg", 500],
  ["speech.flac", "audio/flac", 500],
  ["aac.m4a", "audio/mp4", 628],
  ["speech.aac", "audio/aac", 640],
  ["speech.mp2", "audio/mpeg", 504],
  ["cbr.mp3", "audio/mpeg", 648],
  ["xing.mp3", "audio/mpeg", 500],
  ["vbr.mp3", "audio/mpeg", 4_176, true],
];
/** What is played where the server has ffmpeg, and refused by name where it has not. */
const BY_FFMPEG: typeof FILES = [
  ["speech.amr", "audio/amr", 520],
  ["noise.awb", "audio/amr-wb", 500],
];
const hasFfmpeg = (() => {
  try {
    return execFileSync("ffmpeg", ["-version"]).length > 0;
  } catch {
    return false;
  }
})();
/** A WAV whose recorder was stopped: sizes of 0. */
const unfinished = (() => {
  const file = readFileSync(join(SAMPLES, "speech.wav"));
  file.fill(0, 4, 8).fill(0, 40, 44);
  return file;
})();

test("each format that is accepted plays", async ({ page }) => {
  const environment = { ...process.env, RINGSIDE_DATABASE_URL: process.env.RINGSIDE_PAGES_DATABASE };
  for (const name of Object.keys(environment)) if (name.startsWith("RINGSIDE_PAGES")) delete environment[name as keyof typeof environment];
  const ringside = (...words: string[]) => execFileSync(process.env.RINGSIDE_PAGES_PROGRAM ?? "", words, { env: environment, encoding: "utf8" });
  ringside("account", "add", "Recordings");
  const token = ringside("token", "add", "tests", "--account", "Recordings").trim();
  const invited = ringside("user", "add", "sound@tests.example", "--account", "Recordings", "--role", "viewer", "--at", process.env.RINGSIDE_PAGES_AT ?? "");
  const headers = { authorization: `Bearer ${token}` };
  const put = async (path: string, data: unknown) => {
    const answer = await page.request.put(`/api/v1/${path}`, { headers, data });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  };
  await put("voicebots/bot", { name: "Bot" });
  await put("campaigns/sound", { name: "Sound", voicebot: "bot" });
  const call = (n: number) => ({ id: `sound-${n}`, campaign: "sound", voicebot: "bot", contact: { id: `c-${n}`, phone: `09000000${10 + n}` }, attempt: 1, dialed_at: "2026-11-20T10:00:00+07:00", answered_at: "2026-11-20T10:00:05+07:00", ended_at: "2026-11-20T10:00:06+07:00", result_code: "OK" });
  const files = [...[...FILES, ...(hasFfmpeg ? BY_FFMPEG : [])].map(([name, media, duration, isUntold]) => ({ name, media, duration, isUntold, bytes: readFileSync(join(SAMPLES, name)) })), { name: "unfinished.wav", media: "audio/wav", duration: 500, isUntold: false, bytes: unfinished }];
  const batch = await page.request.post("/api/v1/calls", { headers, data: files.map((_, n) => call(n)) });
  expect((await batch.json()).errors ?? [], await batch.text()).toEqual([]);
  for (const [n, { name, media, duration, bytes }] of files.entries()) {
    const answer = await page.request.put(`/api/v1/calls/sound-${n}/recording`, { headers: { ...headers, "content-type": media }, data: bytes });
    expect(answer.status(), `${name}: ${await answer.text()}`).toBe(201);
    expect((await answer.json()).duration, name).toBe(duration);
  }
  for (const [name, media] of hasFfmpeg ? [] : BY_FFMPEG) {
    const answer = await page.request.put("/api/v1/calls/sound-0/recording", { headers: { ...headers, "content-type": media }, data: readFileSync(join(SAMPLES, name)) });
    expect(answer.ok(), name).toBe(false);
    expect(await answer.text(), name).toContain("ffmpeg");
  }
  await page.goto(invited.match(/\/set-password\S+/)?.[0] ?? "");
  await page.locator("input[name=password]").fill("a long password for tests");
  await page.locator("input[name=repeat]").fill("a long password for tests");
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL((address) => !address.pathname.startsWith("/set-password"));
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill("sound@tests.example");
  await page.locator("input[name=password]").fill("a long password for tests");
  await page.locator("button[type=submit]").first().click();
  await page.waitForURL(/\/campaigns/);
  for (const [n, { name, duration, isUntold }] of files.entries()) {
    // To its end, with something to be heard: what decodes to nothing plays as well.
    const heard = await page.evaluate(async (address) => {
      const audio = new Audio(address);
      const ended = new Promise<string>((done) => {
        audio.addEventListener("ended", () => done(""));
        audio.addEventListener("error", () => done(audio.error?.message || "it cannot be played"));
      });
      audio.playbackRate = 4;
      await audio.play().catch(() => {});
      const error = await ended;
      const context = new OfflineAudioContext(1, 1, 8_000);
      const samples = error ? undefined : await context.decodeAudioData(await (await fetch(address)).arrayBuffer());
      return { error, told: audio.duration, at: audio.currentTime, loudest: Math.max(...(samples?.getChannelData(0) ?? [0])) };
    }, `/calls/sound-${n}/recording`);
    expect(heard.error, name).toBe("");
    expect(heard.loudest, name).toBeGreaterThan(0.05);
    if (!isUntold) expect(Math.abs(heard.told * 1_000 - duration), `${name} lasts ${heard.told} s`).toBeLessThan(150);
  }
  // The player shows the length that was counted, also where the browser would guess.
  await page.goto("/campaigns/sound/calls");
  await alive(page);
  const vbr = files.findIndex(({ name }) => name === "vbr.mp3");
  await page.locator(`tr[data-row] a[href^='/calls/sound-${vbr}/recording?account=']`).first().click();
  const audio = page.locator("audio");
  await expect.poll(() => audio.evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThan(0.2);
  await expect(page.locator(".player-time").last()).toHaveText("00:04");
});
