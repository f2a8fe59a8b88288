/** The invented hospital network: where things happen, who pays, who supplies. Codes are the network's own. */
export interface Party {
  code: string;
  name: string;
  /** Share of the volume, relative to the others. */
  weight: number;
}

export const FACILITIES: readonly Party[] = [
  { code: 'MH110', name: 'Meridian General', weight: 24 },
  { code: 'MH120', name: 'Lakeside Medical Center', weight: 22 },
  { code: 'MH130', name: 'North Valley Hospital', weight: 14 },
  { code: 'MH140', name: 'Riverside Orthopedic', weight: 13 },
  { code: 'MH150', name: 'Meridian Heart Institute', weight: 11 },
  { code: 'MH160', name: 'Westfield Community', weight: 9 },
  { code: 'MH170', name: 'Meridian Children’s', weight: 7 },
];

export interface Payer extends Party {
  /** What the payer pays of a charge, in basis points. */
  paysBasisPoints: number;
}

export const PAYERS: readonly Payer[] = [
  { code: '60410', name: 'Aspen Mutual', weight: 28, paysBasisPoints: 6_150 },
  { code: '00435', name: 'Bluestem Health Plan', weight: 25, paysBasisPoints: 5_700 },
  { code: '01911', name: 'Federal Elder Care', weight: 21, paysBasisPoints: 4_400 },
  { code: '77001', name: 'Commonwealth Medical Assistance', weight: 16, paysBasisPoints: 3_600 },
  { code: '88230', name: 'Union Trades Benefit Fund', weight: 10, paysBasisPoints: 6_800 },
];

export const SUPPLIERS: readonly Omit<Party, 'weight'>[] = [
  { code: 'V2001', name: 'Orthavia Medical' },
  { code: 'V2002', name: 'Cardionova Devices' },
  { code: 'V2003', name: 'Sutura Surgical' },
  { code: 'V2004', name: 'Clearline Disposables' },
  { code: 'V2005', name: 'Northgate Pharmacy Supply' },
  { code: 'V2006', name: 'Valence Imaging' },
];

/** Departments are cost centres; an item is used where its family is used. */
export const DEPARTMENTS: readonly Party[] = [
  { code: '7010', name: 'Operating Room', weight: 34 },
  { code: '7020', name: 'Cardiac Catheterization', weight: 16 },
  { code: '7030', name: 'Emergency', weight: 16 },
  { code: '7040', name: 'Intensive Care', weight: 12 },
  { code: '7050', name: 'Labor and Delivery', weight: 8 },
  { code: '7060', name: 'Interventional Radiology', weight: 8 },
  { code: '7070', name: 'Endoscopy', weight: 6 },
];
