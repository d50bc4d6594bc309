/**
 * The opencode that this plugin was made for and is tested with. What a comment anywhere says that opencode, or the host,
 * does was tried with this version; look at it again when this changes.
 */
export const HOST_VERSION = "1.18.33";
