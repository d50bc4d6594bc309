/** Whether the window is as narrow as that of a phone; as `@media (max-width: 640px)` of the styles. */
export const phone = matchMedia("(max-width: 640px)");
