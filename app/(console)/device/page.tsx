import type { Metadata } from 'next';
import { DeviceScreen } from './device-screen';

export const metadata: Metadata = { title: 'Decide for a terminal' };

export default function DevicePage() {
  return <DeviceScreen />;
}
