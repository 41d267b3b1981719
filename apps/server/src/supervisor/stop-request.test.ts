import { expect, test } from "vitest";
import { createStopRequest, onHangUp } from "./stop-request.ts";

function makeStop() {
  const at = { nowMs: 1_000 };
  const stop = createStopRequest(() => at.nowMs);
  let forced = 0;
  stop.onForce(() => (forced += 1));
  return { at, stop, forced: () => forced };
}

test("a second signal forces the stop, unless it is the first one passed on twice", () => {
  const { at, stop, forced } = makeStop();
  stop.signal();
  at.nowMs += 500;
  stop.signal();
  expect(stop.isRequested()).toBe(true);
  expect(forced()).toBe(0);
  at.nowMs += 500;
  stop.signal();
  expect(forced()).toBe(1);
});

test("what breaks or goes away asks for an orderly stop however often, and is no person's signal", async () => {
  const { at, stop, forced } = makeStop();
  for (let count = 0; count < 5; count++) {
    stop.request();
    at.nowMs += 1_000;
  }
  await stop.requested;
  stop.signal();
  expect(forced()).toBe(0);
});

test("a hangup stops what has a terminal, and not what nohup has taken it from", () => {
  const attached = makeStop();
  onHangUp({ stop: attached.stop, isTerminal: (descriptor) => descriptor === 0 })();
  expect(attached.stop.isRequested()).toBe(true);
  const detached = makeStop();
  onHangUp({ stop: detached.stop, isTerminal: () => false })();
  expect(detached.stop.isRequested()).toBe(false);
});
