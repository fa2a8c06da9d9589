/** Somebody or something in the company directory. */
export interface DirectoryEntry {
	readonly type: "User" | "Queue" | "Custom";
	readonly userName: string;
	readonly firstName: string;
	readonly lastName: string;
	/** Null: no device is assigned, so the contact has no `phoneNumbers`. */
	readonly phoneNumber: string | null;
	/** operationName of the agent state; `Offline`: logged out. */
	presence: string;
}

const names: readonly (readonly [first: string, last: string, presence: string])[] = [
	["Maya", "Fernandez", "Ready"],
	["Tom", "Becker", "Ready"],
	["Zoë", "Müller", "Ready"],
	["Łukasz", "Wiśniewski", "Ready"],
	["Åsa", "Lindström", "NotReady"],
	["José", "Núñez", "Ready"],
	["娜", "李", "Ready"],
	["محمد", "الحسن", "Ready"],
	["נועה", "כהן", "Lunch"],
	["Дмитрий", "Соколов", "Ready"],
	["さくら", "田中", "Offline"],
	["Siobhán", "O’Connor", "Ready"],
	["Priya", "Raman", "Ready"],
	["Kwame", "Mensah", "AuxWork"],
	["Chloé", "Dubois", "Ready"],
	["Ada", "Okafor", "Ready"],
	["Björn", "Þórsson", "Offline"],
	["Renée", "van der Berg", "Training"],
	["Noah", "Kim", "Ready"],
	["Eleni", "Παπαδοπούλου", "Ready"],
	["Grace", "Whitfield", "AfterCallWork"],
	["Marek", "Novák", "Ready"],
	["Lucía", "Ortega", "NotReady"],
	["Hugo", "Lefèvre", "Offline"],
	["Fatima", "Zahra", "Ready"],
	["Owen", "Price", "Ready"],
	["Ingrid", "Solberg", "Ready"],
	["Minh", "Nguyễn", "Ready"],
	["Beatriz", "Conceição", "NotReady"],
	["Ravi", "Shah", "Ready"],
	["Hannah", "Weiß", "Ready"],
	["Paul", "de la Cruz-Montgomery-Featherstonehaugh", "Ready"],
	["Yuki", "佐藤", "Offline"],
	["Sofia", "Rossi", "Ready"],
	["Ibrahim", "Yıldız", "Ready"],
	["Clara", "Nilsson", "AuxWork"],
	["Victor", "Adeyemi", "Ready"],
];

/** The colleagues of the practice company: 37 users from 6001 on, the last without a telephone, and three others. */
export function practiceDirectory(): DirectoryEntry[] {
	const users = names.map(([firstName, lastName, presence], index): DirectoryEntry => ({
		type: "User",
		userName: `user${String(6001 + index)}`,
		firstName,
		lastName,
		phoneNumber: index === names.length - 1 ? null : String(6001 + index),
		presence,
	}));
	const other = (type: "Queue" | "Custom", name: string, phoneNumber: string): DirectoryEntry => ({
		type,
		userName: name,
		firstName: "",
		lastName: "",
		phoneNumber,
		presence: "Offline",
	});
	return [
		...users,
		other("Queue", "Billing queue", "8001"),
		other("Queue", "Technical queue", "8002"),
		other("Custom", "Facilities ☎", "9001"),
	];
}

/** What the entry is called. */
export function displayName(entry: DirectoryEntry): string {
	return entry.type === "User" ? `${entry.firstName} ${entry.lastName}` : entry.userName;
}
