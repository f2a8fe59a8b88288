export interface Item {
  code: string;
  name: string;
  supplier: string;
  unitCostCents: number;
  /** Consumed quantity at one facility after which it is ordered again. */
  reorderQuantity: number;
  weight: number;
}

/** Code, name, unit cost in cents, weight. The first is used most: a mapping error on it is felt at once. */
type Line = readonly [code: string, name: string, unitCostCents: number, weight: number];

const BY_SUPPLIER: Readonly<Record<string, readonly Line[]>> = {
  V2001: [
    ['IM1001', 'Hip stem, cementless, size 4', 284_000, 3],
    ['IM1002', 'Acetabular cup 52 mm', 196_500, 3],
    ['IM1003', 'Knee femoral component, left', 251_000, 3],
    ['IM1004', 'Knee femoral component, right', 251_000, 3],
    ['IM1005', 'Tibial insert 10 mm', 88_400, 3],
    ['IM1006', 'Locking plate, distal radius', 74_250, 4],
    ['IM1007', 'Cortical screw 3.5 x 30 mm', 4_180, 8],
    ['IM1008', 'Cannulated screw 6.5 mm', 9_730, 5],
    ['IM1009', 'Intramedullary nail, tibia', 132_000, 2],
    ['IM1010', 'Spinal rod, titanium, 90 mm', 41_300, 3],
  ],
  V2002: [
    ['CD2001', 'Drug-eluting stent 3.0 x 18 mm', 118_000, 7],
    ['CD2002', 'Drug-eluting stent 2.5 x 15 mm', 118_000, 5],
    ['CD2003', 'Balloon catheter 2.5 mm', 21_400, 6],
    ['CD2004', 'Guidewire 0.014 in', 8_650, 8],
    ['CD2005', 'Dual-chamber pacemaker', 462_000, 2],
    ['CD2006', 'Pacing lead, ventricular', 89_900, 3],
    ['CD2007', 'Vascular closure device', 19_800, 6],
    ['CD2008', 'Introducer sheath 6F', 3_420, 8],
    ['CD2009', 'Transcatheter valve 26 mm', 2_850_000, 1],
    ['CD2010', 'Hemostasis valve kit', 5_210, 5],
  ],
  V2003: [
    ['SU3001', 'Absorbable suture 2-0', 1_240, 9],
    ['SU3002', 'Non-absorbable suture 3-0', 1_110, 7],
    ['SU3003', 'Linear stapler 60 mm', 28_900, 5],
    ['SU3004', 'Stapler reload, blue', 12_400, 7],
    ['SU3005', 'Trocar 12 mm', 6_300, 6],
    ['SU3006', 'Hernia mesh 15 x 15 cm', 31_700, 3],
    ['SU3007', 'Hemostatic gauze', 9_450, 5],
    ['SU3008', 'Skin adhesive 0.5 ml', 2_280, 6],
    ['SU3009', 'Ultrasonic shears', 48_600, 3],
    ['SU3010', 'Bone cement 40 g', 15_200, 4],
  ],
  V2004: [
    ['DS4001', 'Procedure pack, general surgery', 8_975, 74],
    ['DS4002', 'Surgical gown, level 3', 1_065, 10],
    ['DS4003', 'Drape, fenestrated', 1_480, 9],
    ['DS4004', 'Suction canister 2 l', 720, 8],
    ['DS4005', 'Electrosurgical pencil', 1_390, 8],
    ['DS4006', 'Foley catheter kit 16F', 1_830, 8],
    ['DS4007', 'Central line kit, triple lumen', 7_640, 5],
    ['DS4008', 'Chest drain, dry seal', 6_920, 2],
    ['DS4009', 'Warming blanket, full body', 1_555, 6],
    ['DS4010', 'Endotracheal tube 7.5', 495, 6],
  ],
  V2005: [
    ['PH5001', 'Irrigation saline 3 l', 985, 9],
    ['PH5002', 'Contrast medium 100 ml', 6_180, 6],
    ['PH5003', 'Local anesthetic 20 ml', 840, 8],
    ['PH5004', 'Thrombin, topical', 21_900, 3],
    ['PH5005', 'Heparin lock flush', 310, 8],
    ['PH5006', 'Albumin 5 % 250 ml', 9_870, 3],
    ['PH5007', 'Antibiotic bead kit', 64_300, 2],
    ['PH5008', 'Fibrin sealant 4 ml', 38_800, 3],
    ['PH5009', 'Dialysate 5 l', 2_640, 4],
    ['PH5010', 'Oxytocin infusion set', 1_475, 4],
  ],
  V2006: [
    ['VI6001', 'Microcatheter 2.4F', 42_800, 3],
    ['VI6002', 'Embolization coil 5 mm', 61_500, 3],
    ['VI6003', 'Drainage catheter 10F', 11_900, 4],
    ['VI6004', 'Biopsy needle 18G', 4_360, 5],
    ['VI6005', 'Biliary stent 10 mm', 94_200, 2],
    ['VI6006', 'Hemoclip, endoscopic', 10_700, 5],
    ['VI6007', 'Snare, oval 25 mm', 3_980, 5],
    ['VI6008', 'Sphincterotome', 18_500, 2],
    ['VI6009', 'Ultrasound probe cover', 390, 7],
    ['VI6010', 'Ablation probe', 172_000, 1],
  ],
};

export const ITEMS: readonly Item[] = Object.entries(BY_SUPPLIER).flatMap(([supplier, lines]) =>
  lines.map(([code, name, unitCostCents, weight]) => ({
    code, name, supplier, unitCostCents, weight, reorderQuantity: unitCostCents > 50_000 ? 1 : 2,
  })),
);

/** The item of the network that is used most. */
export const MOST_USED_ITEM = ITEMS.reduce((most, item) => (item.weight > most.weight ? item : most));

