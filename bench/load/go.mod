module chatelaine/bench/load

go 1.25.0
