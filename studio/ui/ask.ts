import { alertController, toastController } from '@ionic/vue'

const TOLD_FOR_MS = 3_500

/** One question before what can't be undone. */
export async function confirmed(header: string, message: string, action: string): Promise<boolean> {
  const alert = await alertController.create({
    header,
    message,
    buttons: [
      { text: 'Not now', role: 'cancel' },
      { text: action, role: 'destructive' },
    ],
  })
  await alert.present()
  return (await alert.onDidDismiss()).role === 'destructive'
}

export async function tell(message: string): Promise<void> {
  const toast = await toastController.create({ message, duration: TOLD_FOR_MS, position: 'bottom' })
  await toast.present()
}
