"""What a screen says aloud: words, recorded phrases, the machine's voice, the loudspeaker.

The kiosk says what it wants said (``speaker``); a process of its own (``child``) finds the sound
for it and plays it, so that no touch and no frame ever waits for a sound.
"""
