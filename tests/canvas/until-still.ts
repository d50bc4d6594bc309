import type { Page } from "playwright-core";

/** Settles when the whole plan is in sight and the view has not moved for a while: from then on places on the screen hold. */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    let seen = "";
    let since = performance.now();
    const look = () => {
      const now = document.querySelector(".react-flow__viewport")?.style.transform ?? "";
      // The page begins where nothing is moved, and then fits the plan into the window.
      if (now !== seen || now === "" || now === "translate(0px, 0px) scale(1)") since = performance.now();
      seen = now;
      if (performance.now() - since > 300) resolve();
      else requestAnimationFrame(look);
    };
    look();
  })`);
}
