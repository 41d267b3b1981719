import { compareBodies, compareCalls, type ComparisonTask } from "./comparison.ts";
import { pack, unpack, type Packed } from "./packed.ts";

// A thread of its own: two texts of a hundred kilobytes take seconds to compare by word, and the page stays alive.
addEventListener("message", (event: MessageEvent<Packed<ComparisonTask>>) => {
  const task = unpack(event.data);
  postMessage(task.type === "call" ? pack(compareCalls(task.calls)) : pack(compareBodies(task.bodies)));
});
