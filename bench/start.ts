import { builtCommand, type Figure, inFolder, residentMb, serve } from "./support.ts";

/** From the command to the ready line, on data that is there already; and what the idle process holds. */
export async function benchStart(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const data = `${folder}/data`;
    await (await serve(builtCommand, data)).stop();
    const times: number[] = [];
    for (let run = 0; run < 4; run++) {
      const server = await serve(builtCommand, data);
      times.push(server.readyAfterMs);
      await server.stop();
    }
    const idle = await serve(builtCommand, data);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const memory = residentMb(idle.pid);
    await idle.stop();
    const worst = Math.max(...times);
    return [
      {
        what: "start to ready, warm, worst of 4",
        measured: `${Math.round(worst)} ms`,
        target: "≤ 2,000 ms",
        reached: worst <= 2_000,
      },
      { what: "idle memory after 5 s", measured: `${memory} MB`, target: "≤ 500 MB", reached: memory <= 500 },
    ];
  });
}
