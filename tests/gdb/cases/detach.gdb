# gdb leaves, and the guest runs on; it comes again, and kills it.
# guest: harts.elf
# symbols: guest/harts.elf

break tick
continue
# expect: Breakpoint 1, tick
ignore 1 100000
python
import time
before = int(gdb.parse_and_eval("ticks[0]"))
link = gdb.selected_inferior().connection.details
gdb.execute("detach")
time.sleep(0.3)
gdb.execute(f"target remote {link}")
print("it ran", int(gdb.parse_and_eval("ticks[0]")) > before)
end
# expect: it ran True
delete
stepi
stepi
kill
# expect: Inferior 1 .* killed
