export const Tray = {};
