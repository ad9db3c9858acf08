"""The rice mill: a Modbus RTU slave that opens a bin, weighs, mills, and waits for the rice."""
