import { TextField } from './draft-fields';

export function RabbitmqFields() {
  return (
    <>
      <TextField
        of="management"
        path="settings.management"
        label="Management address"
        hint="Of the management plugin, for example https://broker.internal:15671"
        control={{ inputMode: 'url' }}
      />
      <TextField
        of="amqp"
        path="settings.amqp"
        label="AMQP address"
        hint="For copies of messages, for example amqps://broker.internal:5671. Empty: depth and rates only."
        control={{ inputMode: 'url' }}
      />
      <TextField of="vhosts" path="settings.vhosts" label="Virtual hosts" lines={2} hint="One per line. Empty: all that the user may see." />
    </>
  );
}
