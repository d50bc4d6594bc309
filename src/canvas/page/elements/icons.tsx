import type { ReactNode } from "react";

/** Drawn on a grid of 24, in the colour of the text around. */
const SHAPES = {
  text: <path d="M5 6h14M5 11h14M5 16h9" />,
  note: <path d="M5 4h14v10l-6 6H5zM19 14h-6v6" />,
  task: <path d="M4 12.5V6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H9M8 11l3.5 3.5L20 6" />,
  decision: <path d="M12 2.8 21.2 12 12 21.2 2.8 12zM9 12l2.2 2.2L15 10" />,
  question: (
    <path d="M9.2 9.2a2.9 2.9 0 1 1 4.3 2.6c-1 .5-1.5 1.200-1.500 2.200M12 17.200v.1M21 12a9 9 0 1 1-3-6.700" />
  ),
  code: <path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.500 4.500l-3 15" />,
  diagram: <path d="M4 4h7v5H4zM13 15h7v5h-7zM7.500 9v5.500a3 3 0 0 0 3 3H13" />,
  mockup: <path d="M3 5h18v14H3zM3 9.500h18M6 7.200h.1M8.500 7.200h.1M7 13h5M7 16h8" />,
  image: <path d="M4 4h16v16H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 8.500h.1" />,
  comment: <path d="M4 5h16v11h-9l-5 4v-4H4z" />,
  document: <path d="M6 3h9l4 4v14H6zM15 3v4h4M9 11h7M9 14.500h7M9 18h4" />,
  board: <path d="M3 4h7v6H3zM14 9h7v6h-7zM4 15h6v5H4zM10 7h4M17 15v3h-7" />,
  undo: <path d="M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3" />,
  redo: <path d="m16 5 4 4-4 4M20 9H10a6 6 0 0 0 0 12h3" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  check: <path d="m4.500 12.500 5 5 10-11" />,
  trash: <path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5" />,
  copy: <path d="M8 8h12v12H8zM16 8V4H4v12h4" />,
  connect: (
    <path d="M4 18a2.500 2.500 0 1 0 5 0 2.500 2.500 0 1 0-5 0M15 6a2.500 2.500 0 1 0 5 0 2.500 2.500 0 1 0-5 0M8.500 16.200l7-8.400" />
  ),
  edit: <path d="m4 20 1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500" />,
  sun: (
    <path d="M12 7.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M19 5l-1.400 1.400M6.400 17.600 5 19" />
  ),
  moon: <path d="M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z" />,
  help: (
    <path d="M9.200 9.200a2.900 2.900 0 1 1 4.300 2.600c-1 .5-1.500 1.200-1.500 2.200M12 17.200v.1M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z" />
  ),
  download: <path d="M12 4v11M7 11l5 5 5-5M4 20h16" />,
  search: <path d="M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500 20 20" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  fit: <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />,
  back: <path d="M5 6v6a4 4 0 0 0 4 4h10M15 12l4 4-4 4" />,
  retry: <path d="M20 12a8 8 0 1 1-2.500-5.800M20 3v4.500h-4.500" />,
  section: <path d="M4 9V5h4M16 5h4v4M20 15v4h-4M8 19H4v-4M9 10h6v4H9z" />,
  print: <path d="M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z" />,
  more: <path d="M5.500 12h.1M12 12h.1M18.500 12h.1" />,
  history: <path d="M4.500 12a7.500 7.500 0 1 0 2.400-5.500M4.500 4v4h4M12 8v4.500l3 2" />,
  arrow: <path d="M5 12h14M13 6l6 6-6 6" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

/** Decoration: what it stands for is said beside it, or by the label of its button. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}
