/** Domain of the practice company, Harbor Dental. */
export const practiceDomain = "harbordental";
/** uid of the agent, which is the login name too. */
export const practiceAgent = `2500@${practiceDomain}`;
/** The number for appointments: pictures, no groups. */
export const deskNumber = "16195550140";
/** The number for bills: pictures and groups. */
export const billingNumber = "16195550141";
