import { edit } from "../sync/plan-session.ts";
import { notify } from "../sync/notices.ts";
import { shrinkImage } from "./shrink-image.ts";

const SHOWN = /^data:image\/(png|jpeg|gif|webp|avif|svg\+xml)[;,]/;

/** An image that is in the plan itself; the page loads nothing from elsewhere. */
export function Picture({ id, url, title }: { readonly id: string; readonly url: string; readonly title: string }) {
  if (SHOWN.test(url)) return <img className="picture" src={url} alt={title || "Image"} draggable={false} />;
  return (
    <label className="picture-picker nodrag">
      <span>{url === "" ? "Choose an image" : "Only images kept in the plan are shown. Choose one"}</span>
      <input type="file" accept="image/*" onChange={({ target }) => void choose(id, target.files?.[0])} />
    </label>
  );
}

async function choose(id: string, file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const image = await shrinkImage(file);
  if (image === null) notify({ kind: "failure", message: `${file.name} is not an image that this browser can read.` });
  else edit([{ op: "update_element", id, changes: { content: image.url } }]);
}
