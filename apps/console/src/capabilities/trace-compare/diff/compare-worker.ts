import { compareBodies, compareCalls, type ComparisonTask } from "./comparison.ts";

// A thread of its own: two texts of a hundred kilobytes take seconds to compare by word, and the page stays alive.
addEventListener("message", (event: MessageEvent<ComparisonTask>) => {
  const task = event.data;
  postMessage(task.type === "call" ? compareCalls(task.calls) : compareBodies(task.bodies));
});
