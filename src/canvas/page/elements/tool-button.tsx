import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icons.tsx";

type ToolButtonProps = Omit<ComponentProps<"button">, "type" | "className" | "aria-label"> & {
  readonly icon: IconName;
  /** What it does, for those who cannot see it. */
  readonly label: string;
  /** What it shows under the pointer; the label where it is absent. */
  readonly tip?: string;
};

/** A button that shows an icon. */
export function ToolButton({ icon, label, tip = label, children, ...button }: ToolButtonProps) {
  return (
    <button type="button" className="tool" aria-label={label} data-tip={tip} {...button}>
      <Icon name={icon} />
      {children}
    </button>
  );
}
