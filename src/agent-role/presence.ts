/** What the plugin says where somebody only asks whether it is here. */
export const PRESENCE = "bizar-is-here";
