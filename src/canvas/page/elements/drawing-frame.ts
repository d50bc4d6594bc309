import type { Drawing, DrawingAnswer, DrawingRequest } from "../drawing-frame/messages.ts";
import type { Theme } from "../theme/theme.ts";

/** Written by the build: the document of the frame, a file of its own. */
declare const DRAWING_FRAME: string;

/** In the window, since browsers slow down what nobody could see; as wide as a calendar in it shall be. */
const STYLE = "position:fixed;left:0;top:0;width:1200px;height:800px;border:0;opacity:0;pointer-events:none;z-index:-1";

/**
 * Where diagrams are drawn: a frame of no origin, which can read and load nothing, and which Chromium runs in a process
 * of its own, so that a drawing that takes long does not hold the page. Asked for one drawing at a time.
 */
export class DrawingFrame {
  readonly #element = document.createElement("iframe");
  readonly #ready: Promise<void>;
  #answer: (answer: DrawingAnswer) => void = () => undefined;
  #count = 0;

  constructor() {
    this.#ready = new Promise((resolve) => {
      this.#answer = ({ kind }) => kind === "ready" && resolve();
    });
    addEventListener("message", this.#onMessage);
    const { dataset } = Object.assign(this.#element, { src: DRAWING_FRAME, title: "Draws diagrams", tabIndex: -1 });
    dataset["testid"] = "drawing-frame";
    this.#element.sandbox.add("allow-scripts");
    this.#element.ariaHidden = "true";
    this.#element.style.cssText = STYLE;
    document.body.append(this.#element);
  }

  /** @throws Error with what Mermaid says of the source */
  async draw(source: string, theme: Theme): Promise<Drawing> {
    await this.#ready;
    this.#count += 1;
    const request: DrawingRequest = { id: this.#count, source, theme };
    return await new Promise<Drawing>((resolve, reject) => {
      this.#answer = (answer) => {
        if (answer.kind === "ready" || answer.id !== request.id) return;
        if (answer.kind === "drawn") resolve(answer.drawing);
        else reject(new Error(answer.error));
      };
      this.#element.contentWindow?.postMessage(request, "*");
    });
  }

  /** Ends whatever is being drawn. */
  remove(): void {
    removeEventListener("message", this.#onMessage);
    this.#element.remove();
  }

  readonly #onMessage = ({ source, data }: MessageEvent<DrawingAnswer>): void => {
    if (source === this.#element.contentWindow) this.#answer(data);
  };
}
